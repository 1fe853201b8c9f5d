// SPDX-License-Identifier: Apache-2.0
/** GRPCRoute: which gRPC calls to a service go to which backends. */
@NullMarked
package dev.outrigger.policy.kind.grpcroute;

import org.jspecify.annotations.NullMarked;
