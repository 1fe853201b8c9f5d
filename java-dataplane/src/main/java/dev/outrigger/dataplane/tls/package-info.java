// SPDX-License-Identifier: Apache-2.0
/**
 * TLS on both sides: contexts made of configuration, the handler that stands between the socket and
 * the codec, verification of peers, and their stats. BoringSSL does the cryptography, driven
 * directly, so that the bytes, alerts and error texts are those of Envoy (docs/adr/0013). Nothing
 * here is loaded before a configuration asks for TLS.
 */
@NullMarked
package dev.outrigger.dataplane.tls;

import org.jspecify.annotations.NullMarked;
