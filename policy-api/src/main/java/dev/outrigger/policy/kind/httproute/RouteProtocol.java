// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

/** Whose requests a document routes, which decides what its rules may do to them. */
public enum RouteProtocol {
    HTTP,
    GRPC
}
