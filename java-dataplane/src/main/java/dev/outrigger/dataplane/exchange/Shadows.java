// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.route.MirrorPolicy;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.route.RouteContext;
import dev.outrigger.dataplane.upstream.Cluster;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mirrored copies of one request (S1..S3) while it is still being received; a copy whose
 * request is complete goes on by itself. Reused; confined to its event loop.
 */
final class Shadows {
    private final WorkerServices services;
    private final List<Shadow> open = new ArrayList<>();

    Shadows(WorkerServices services) {
        this.services = services;
    }

    /**
     * Copies the request as it goes upstream; the copies are to be started.
     *
     * @param criteria what they want of hosts
     * @param timeoutNanos of each copy; 0 for none
     */
    List<Shadow> prepare(
            Route route,
            RequestHead head,
            HttpConnectionManager manager,
            RouteContext context,
            @Nullable MetadataCriteria criteria,
            long timeoutNanos) {
        if (route.mirrors().length == 0 || head.method() == Method.CONNECT) {
            return List.of();
        }
        var prepared = new ArrayList<Shadow>();
        for (MirrorPolicy policy : route.mirrors()) {
            if (!policy.applies(context)) {
                continue;
            }
            Cluster cluster = manager.cluster(policy.cluster(head));
            if (cluster == null) {
                continue;
            }
            var shadow = new Shadow(services, cluster, manager.settings(), criteria, timeoutNanos);
            shadow.prepare(head, policy.appendsSuffix());
            prepared.add(shadow);
        }
        return prepared;
    }

    /** Sends what was prepared, behind the original. */
    void start(List<Shadow> prepared, boolean endStream) {
        for (Shadow shadow : prepared) {
            if (!endStream) {
                open.add(shadow);
            }
            shadow.start(endStream);
        }
    }

    /** Body data, which stays the caller's. */
    void onBody(ByteBuf data, boolean endStream) {
        for (Shadow shadow : open) {
            shadow.onBody(data.retainedDuplicate(), endStream);
        }
        if (endStream) {
            open.clear();
        }
    }

    /** The exchange is over; copies of a request that was never complete are given up. */
    void end() {
        open.forEach(Shadow::cancel);
        open.clear();
    }
}
