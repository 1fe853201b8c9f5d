// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.rest.ApiSecurity;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.reconcile.RolloutOptions;
import dev.outrigger.xds.security.XdsSecurity;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Where a control plane listens and keeps its policies. Immutable.
 *
 * @param store the SQLite file; created with its folders if there is none
 * @param rest the REST API
 * @param admin health and metrics
 * @param xds the xDS server
 * @param security how that one is protected
 * @param rollout how new content reaches the proxies
 * @param apiSecurity how the REST API is protected
 * @param capabilities which proxies documents must suit
 * @param anyEndpoint whether services may also be at link-local addresses and at the sockets above
 */
public record ControlPlaneOptions(
        Path store,
        Listen rest,
        Listen admin,
        Listen xds,
        XdsSecurity security,
        RolloutOptions rollout,
        AdsOptions ads,
        ApiSecurity apiSecurity,
        Capabilities capabilities,
        boolean anyEndpoint) {
    /** The documented ports on 127.0.0.1. */
    public static ControlPlaneOptions at(Path store) {
        return new ControlPlaneOptions(
                store,
                new Listen("127.0.0.1", 8470),
                new Listen("127.0.0.1", 8471),
                new Listen("127.0.0.1", 18_000),
                XdsSecurity.LOOPBACK_ONLY,
                RolloutOptions.DEFAULT,
                AdsOptions.DEFAULT,
                ApiSecurity.LOOPBACK_ONLY,
                Capabilities.ALL_PROXIES,
                false);
    }

    public ControlPlaneOptions withRest(Listen address) {
        return with(draft -> draft.rest = address);
    }

    public ControlPlaneOptions withAdmin(Listen address) {
        return with(draft -> draft.admin = address);
    }

    public ControlPlaneOptions withXds(Listen address) {
        return with(draft -> draft.xds = address);
    }

    public ControlPlaneOptions withSecurity(XdsSecurity protection) {
        return with(draft -> draft.security = protection);
    }

    public ControlPlaneOptions withRollout(RolloutOptions options) {
        return with(draft -> draft.rollout = options);
    }

    public ControlPlaneOptions withApiSecurity(ApiSecurity protection) {
        return with(draft -> draft.apiSecurity = protection);
    }

    public ControlPlaneOptions withCapabilities(Capabilities ofProxies) {
        return with(draft -> draft.capabilities = ofProxies);
    }

    /** With services wherever a document says. */
    public ControlPlaneOptions withAnyEndpoint(boolean any) {
        return with(draft -> draft.anyEndpoint = any);
    }

    private ControlPlaneOptions with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** A copy under way, so that each option is named once and not in every method above. */
    private static final class Draft {
        private Path store;
        private Listen rest;
        private Listen admin;
        private Listen xds;
        private XdsSecurity security;
        private RolloutOptions rollout;
        private AdsOptions ads;
        private ApiSecurity apiSecurity;
        private Capabilities capabilities;
        private boolean anyEndpoint;

        private Draft(ControlPlaneOptions options) {
            store = options.store;
            rest = options.rest;
            admin = options.admin;
            xds = options.xds;
            security = options.security;
            rollout = options.rollout;
            ads = options.ads;
            apiSecurity = options.apiSecurity;
            capabilities = options.capabilities;
            anyEndpoint = options.anyEndpoint;
        }

        private ControlPlaneOptions options() {
            return new ControlPlaneOptions(
                    store,
                    rest,
                    admin,
                    xds,
                    security,
                    rollout,
                    ads,
                    apiSecurity,
                    capabilities,
                    anyEndpoint);
        }
    }

    /**
     * An address to listen on.
     *
     * @param port 0 for any free one
     */
    public record Listen(String host, int port) {
        public Listen {
            if (host.isEmpty()) {
                throw new IllegalArgumentException("host: empty (expected: a name or address)");
            }
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
            }
        }

        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }
}
