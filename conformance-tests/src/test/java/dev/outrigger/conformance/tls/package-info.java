// SPDX-License-Identifier: Apache-2.0
/** TLS and mTLS on both sides of both proxies, with certificates made on the spot. */
@NullMarked
package dev.outrigger.conformance.tls;

import org.jspecify.annotations.NullMarked;
