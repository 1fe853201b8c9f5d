// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.state.ConfigAssembler;
import dev.outrigger.dataplane.state.ServerState;
import dev.outrigger.dataplane.tls.LoadedCertificates;
import dev.outrigger.dataplane.tls.LoadedCertificates.Loaded;
import dev.outrigger.dataplane.x509.Certificate;
import dev.outrigger.dataplane.x509.GeneralName;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The paths about the process itself: {@code /ready}, {@code /server_info} and their like. */
final class ServerPaths {
    /** What Envoy says when started with {@code --disable-hot-restart}. */
    static final String HOT_RESTART_VERSION = "disabled";

    private final MainLoop loop;
    private final ConfigAssembler state;
    private final ProcessInfo process;
    private final long startedNanos;

    ServerPaths(MainLoop loop, ConfigAssembler state, ProcessInfo process) {
        this.loop = loop;
        this.state = state;
        this.process = process;
        this.startedNanos = loop.nanoTime();
    }

    /** Decoded for each request: kept, it would be as large as all that was made of it. */
    static Bootstrap decode(byte[] bytes) {
        try {
            return Bootstrap.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("bootstrap: not a Bootstrap message", e);
        }
    }

    AdminResponse ready() {
        ServerState now = state.state();
        return AdminResponse.text(now == ServerState.LIVE ? 200 : 503, now.name() + "\n");
    }

    AdminResponse serverInfo() {
        var json = new JsonObject();
        json.addProperty("version", process.version());
        json.addProperty("state", state.state().name());
        String uptime = (loop.nanoTime() - startedNanos) / 1_000_000_000 + "s";
        json.addProperty("uptime_current_epoch", uptime);
        json.addProperty("uptime_all_epochs", uptime);
        json.addProperty("hot_restart_version", HOT_RESTART_VERSION);
        json.add("command_line_options", commandLine());
        json.add("node", AdminJson.withDefaults(decode(process.bootstrap()).getNode()));
        json.addProperty("hot_restart_initializing", false);
        return AdminResponse.json(AdminJson.print(json));
    }

    AdminResponse memory() {
        var memory = MemoryFigures.read();
        var json = new JsonObject();
        json.addProperty("allocated", Long.toString(memory.allocated()));
        json.addProperty("heap_size", Long.toString(memory.heapSize()));
        json.addProperty("pageheap_unmapped", "0");
        json.addProperty("pageheap_free", Long.toString(memory.heapSize() - memory.allocated()));
        json.addProperty("total_thread_cache", "0");
        json.addProperty("total_physical_bytes", Long.toString(memory.physical()));
        return AdminResponse.json(AdminJson.print(json));
    }

    AdminResponse certs() {
        var all = new JsonArray();
        for (LoadedCertificates each : state.certificates()) {
            var json = new JsonObject();
            json.add("ca_cert", certificates(each.trusted()));
            json.add("cert_chain", certificates(each.own()));
            all.add(json);
        }
        var json = new JsonObject();
        json.add("certificates", all);
        // Protobuf's JSON, which Envoy prints, spares readers that take it for HTML.
        return AdminResponse.json(
                AdminJson.print(json).replace("<", "\\u003c").replace(">", "\\u003e"));
    }

    private JsonArray certificates(List<Loaded> loaded) {
        var all = new JsonArray();
        for (Loaded each : loaded) {
            Certificate certificate = each.certificate();
            var json = new JsonObject();
            json.addProperty("path", each.path());
            json.addProperty("serial_number", certificate.serial());
            var names = new JsonArray();
            add(names, "dns", certificate.names(GeneralName.Type.DNS));
            add(names, "uri", certificate.names(GeneralName.Type.URI));
            add(names, "ip_address", certificate.names(GeneralName.Type.IP_ADDRESS));
            json.add("subject_alt_names", names);
            json.addProperty(
                    "days_until_expiration",
                    String.valueOf(each.daysLeft(loop.currentTimeMillis())));
            json.addProperty("valid_from", certificate.notBefore().toString());
            json.addProperty("expiration_time", certificate.notAfter().toString());
            all.add(json);
        }
        return all;
    }

    private static void add(JsonArray to, String kind, List<String> names) {
        for (String name : names) {
            var json = new JsonObject();
            json.addProperty(kind, name);
            to.add(json);
        }
    }

    AdminResponse contention() {
        return AdminResponse.text(
                200,
                "Mutex contention tracing is not enabled. To enable, run Envoy with flag"
                        + " --enable-mutex-tracing.");
    }

    AdminResponse initDump(Query query) {
        // Envoy's mask chooses the one component it knows apart from all.
        boolean listenersOnly =
                query.find("mask")
                        .filter(mask -> List.of(mask.split(",")).contains("listener"))
                        .isPresent();
        var unready = new JsonArray();
        for (String target : state.view().unready()) {
            if (listenersOnly && !target.startsWith("listener ")) {
                continue;
            }
            var names = new JsonArray();
            names.add(target);
            var each = new JsonObject();
            each.addProperty("name", "init manager " + target.split(" ", 2)[0]);
            each.add("target_names", names);
            unready.add(each);
        }
        var json = new JsonObject();
        if (!unready.isEmpty()) {
            json.addProperty("@type", "type.googleapis.com/envoy.admin.v3.UnreadyTargetsDumps");
            json.add("unready_targets_dumps", unready);
        }
        return AdminResponse.json(AdminJson.print(json));
    }

    private JsonElement commandLine() {
        var options = defaults();
        options.putAll(process.commandLineOptions());
        return new Gson().toJsonTree(options);
    }

    private static Map<String, Object> defaults() {
        var options = new LinkedHashMap<String, Object>();
        options.put("base_id", "0");
        options.put("concurrency", 0);
        options.put("config_path", "");
        options.put("config_yaml", "");
        options.put("allow_unknown_static_fields", false);
        options.put("admin_address_path", "");
        options.put("local_address_ip_version", "v4");
        options.put("log_level", "info");
        options.put("component_log_level", "");
        options.put("log_format", "[%Y-%m-%d %T.%e][%t][%l][%n] [%g:%#] %v");
        options.put("log_path", "");
        options.put("service_cluster", "");
        options.put("service_node", "");
        options.put("service_zone", "");
        options.put("file_flush_interval", "10s");
        options.put("drain_time", "600s");
        options.put("parent_shutdown_time", "900s");
        options.put("mode", "Serve");
        options.put("disable_hot_restart", false);
        options.put("enable_mutex_tracing", false);
        options.put("restart_epoch", 0);
        options.put("cpuset_threads", false);
        options.put("reject_unknown_dynamic_fields", false);
        options.put("log_format_escaped", false);
        options.put("disabled_extensions", new String[0]);
        options.put("ignore_unknown_dynamic_fields", false);
        options.put("use_dynamic_base_id", false);
        options.put("base_id_path", "");
        options.put("drain_strategy", "Gradual");
        options.put("enable_fine_grain_logging", false);
        options.put("socket_path", "@envoy_domain_socket");
        options.put("socket_mode", 0);
        options.put("enable_core_dump", false);
        options.put("stats_tag", new String[0]);
        options.put("skip_hot_restart_on_no_parent", false);
        options.put("skip_hot_restart_parent_stats", false);
        options.put("skip_deprecated_logs", false);
        options.put("file_flush_min_size", 0);
        options.put("log_stacktrace_single_entry", false);
        return options;
    }
}
