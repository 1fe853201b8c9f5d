// SPDX-License-Identifier: Apache-2.0
/** TLS toward a service: whom its certificate must name, and what the proxy shows of itself. */
@NullMarked
package dev.outrigger.policy.kind.tls;

import org.jspecify.annotations.NullMarked;
