// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

/** Whose metadata an operator reads. */
public enum MetadataKind {
    DYNAMIC,
    CLUSTER,
    ROUTE,
    VIRTUAL_HOST,
    UPSTREAM_HOST
}
