// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.outrigger.dataplane.state.Addresses;
import dev.outrigger.dataplane.state.RequestPath;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** {@code /listeners} (AD6). */
final class ListenerPaths {
    private ListenerPaths() {}

    static AdminResponse answer(Query query, RequestPath requestPath) {
        return query.find("format").filter("json"::equals).isPresent()
                ? AdminResponse.json(json(requestPath))
                : AdminResponse.text(200, text(requestPath));
    }

    private static String text(RequestPath requestPath) {
        var out = new StringBuilder();
        for (var listener : requestPath.listeners()) {
            for (SocketAddress each : listener.localAddresses()) {
                out.append(listener.name()).append("::");
                out.append(address(each)).append('\n');
            }
        }
        return out.toString();
    }

    private static String json(RequestPath requestPath) {
        var statuses = new JsonArray();
        for (var listener : requestPath.listeners()) {
            var status = new JsonObject();
            status.addProperty("name", listener.name());
            var addresses = listener.localAddresses();
            status.add("local_address", addressJson(addresses.getFirst()));
            if (addresses.size() > 1) {
                var additional = new JsonArray();
                addresses.stream().skip(1).map(ListenerPaths::addressJson).forEach(additional::add);
                status.add("additional_local_addresses", additional);
            }
            statuses.add(status);
        }
        var root = new JsonObject();
        if (!statuses.isEmpty()) {
            root.add("listener_statuses", statuses);
        }
        return AdminJson.print(root);
    }

    private static String address(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? Addresses.format(inet)
                : address.toString();
    }

    private static JsonObject addressJson(SocketAddress address) {
        var json = new JsonObject();
        if (address instanceof InetSocketAddress inet) {
            json.add("socket_address", socketAddress(Addresses.ip(inet), inet.getPort()));
        } else {
            var pipe = new JsonObject();
            pipe.addProperty("path", address.toString());
            json.add("pipe", pipe);
        }
        return json;
    }

    /** {@code envoy.config.core.v3.SocketAddress}. */
    static JsonObject socketAddress(String ip, int port) {
        var socket = new JsonObject();
        socket.addProperty("address", ip);
        socket.addProperty("port_value", port);
        return socket;
    }
}
