// SPDX-License-Identifier: Apache-2.0
/** gRPC programs that speak to each other through both proxies. */
@NullMarked
package dev.outrigger.conformance.grpc;

import org.jspecify.annotations.NullMarked;
