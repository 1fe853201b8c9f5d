// SPDX-License-Identifier: Apache-2.0

/**
 * The client of the gRPC access log service: exchanges as protobuf entries, buffered and streamed
 * to a cluster.
 */
@NullMarked
package dev.outrigger.dataplane.als;

import org.jspecify.annotations.NullMarked;
