// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

/** What an xDS client does with its configuration. */
public enum ClientKind {
    /** Opens the listeners it is given: Envoy, the Java data plane. */
    PROXY,
    /** A gRPC library that sends its own requests, and asks for listeners by the names it dials. */
    PROXYLESS
}
