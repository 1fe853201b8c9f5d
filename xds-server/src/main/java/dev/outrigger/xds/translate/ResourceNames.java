// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import dev.outrigger.xds.ir.IrListener;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.kind.credential.CredentialTranslator;

/**
 * Every xDS name, built from identities and never from a position in a list: inserting a rule must
 * rename nothing.
 */
public final class ResourceNames {
    private ResourceNames() {}

    /** Also the cluster's stat prefix. */
    public static String cluster(IrServicePort port) {
        return port.namespace() + "/" + port.service() + "/" + port.port();
    }

    public static String virtualHost(IrServicePort port) {
        return cluster(port);
    }

    /** The secret that a filter of the cluster asks for. */
    public static String credential(IrServicePort port) {
        return CredentialTranslator.secretName(cluster(port));
    }

    /** Where requests for hosts that no service has go, if anywhere. */
    public static final String PASSTHROUGH = "passthrough";

    /** The virtual host of hosts that no service has. */
    static final String UNKNOWN_HOSTS = "unknown-hosts";

    /** The cluster of the application behind the inbound listener of that name. */
    public static String inboundCluster(String inbound) {
        return "inbound/" + inbound;
    }

    public static String listener(IrListener listener) {
        return switch (listener) {
            case IrListener.Inbound inbound -> "inbound/" + inbound.name();
            case IrListener.Outbound outbound -> "outbound/" + outbound.name();
        };
    }

    /** A listener has one route configuration, of its own name. */
    public static String routeConfiguration(IrListener listener) {
        return listener(listener);
    }

    public static String statPrefix(IrListener listener) {
        return switch (listener) {
            case IrListener.Inbound inbound -> "inbound_" + inbound.name();
            case IrListener.Outbound outbound -> "outbound_" + outbound.name();
        };
    }
}
