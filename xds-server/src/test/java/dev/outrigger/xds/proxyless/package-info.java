// SPDX-License-Identifier: Apache-2.0
/** gRPC clients without a proxy, of three languages, on our xDS server. */
@NullMarked
package dev.outrigger.xds.proxyless;

import org.jspecify.annotations.NullMarked;
