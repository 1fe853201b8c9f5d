// SPDX-License-Identifier: Apache-2.0
/** TLS toward a service: the transport socket of a cluster. */
@NullMarked
package dev.outrigger.xds.kind.tls;

import org.jspecify.annotations.NullMarked;
