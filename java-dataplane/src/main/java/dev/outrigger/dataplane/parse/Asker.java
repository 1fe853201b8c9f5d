// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

/** What asks a configuration source, by the name Envoy refuses it with where nobody may ask. */
enum Asker {
    LISTENERS("type.googleapis.com/envoy.config.listener.v3.Listener"),
    CLUSTERS("type.googleapis.com/envoy.config.cluster.v3.Cluster"),
    ENDPOINTS("type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"),
    ROUTES("type.googleapis.com/envoy.config.route.v3.RouteConfiguration"),
    SCOPES("SRDS"),
    VIRTUAL_HOSTS("type.googleapis.com/envoy.config.route.v3.VirtualHost"),
    EXTENSION("type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig"),
    RUNTIME("type.googleapis.com/envoy.service.runtime.v3.Runtime"),
    CERTIFICATE("TlsCertificateSdsApi"),
    VALIDATION("CertificateValidationContextSdsApi"),
    TICKET_KEYS("TlsSessionTicketKeysSdsApi"),
    GENERIC_SECRET("GenericSecretSdsApi");

    private final String text;

    Asker(String text) {
        this.text = text;
    }

    /** As texts begin with it. */
    String text() {
        return text;
    }
}
