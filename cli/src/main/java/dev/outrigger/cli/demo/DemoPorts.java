// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import dev.outrigger.cli.net.HostPort;
import dev.outrigger.cli.net.Ports;
import java.io.IOException;

/**
 * The loopback ports of one run. As options, 0 means any free one; a resolved set has no 0.
 *
 * @param rest the control plane's REST API
 * @param controlAdmin the control plane's metrics and health
 * @param xds the control plane's xDS
 * @param serviceA the caller's own HTTP service
 * @param serviceB the service that fails now and then
 */
public record DemoPorts(
        int rest,
        int controlAdmin,
        int xds,
        int serviceA,
        int serviceB,
        SidecarPorts envoy,
        SidecarPorts java) {

    /**
     * @param egress where A calls others through its sidecar
     * @param ingress where others call A through its sidecar
     * @param admin the proxy's admin interface
     */
    public record SidecarPorts(int egress, int ingress, int admin) {}

    private static final int COUNT = 11;

    /** Refuses ports that are taken, and chooses the ones left open. */
    DemoPorts resolve() throws IOException {
        var free = Ports.findFree(COUNT).iterator();
        return new DemoPorts(
                choose("--rest-port", rest, free.next()),
                choose("--metrics-port", controlAdmin, free.next()),
                choose("--xds-port", xds, free.next()),
                choose("--service-a-port", serviceA, free.next()),
                choose("--service-b-port", serviceB, free.next()),
                new SidecarPorts(
                        choose("--envoy-egress-port", envoy.egress, free.next()),
                        choose("--envoy-ingress-port", envoy.ingress, free.next()),
                        choose("--envoy-admin-port", envoy.admin, free.next())),
                new SidecarPorts(
                        choose("--java-egress-port", java.egress, free.next()),
                        choose("--java-ingress-port", java.ingress, free.next()),
                        choose("--java-admin-port", java.admin, free.next())));
    }

    private static int choose(String option, int wanted, int free) {
        if (wanted == 0) {
            return free;
        }
        Ports.requireFree("demo", option, HostPort.loopback(wanted));
        return wanted;
    }
}
