// SPDX-License-Identifier: Apache-2.0
/**
 * Certificates as Envoy reads them: PEM files, keys, names and alternative names, revocation lists
 * and the verification of a chain with the results BoringSSL has for it. No sockets, no
 * configuration.
 */
@NullMarked
package dev.outrigger.dataplane.x509;

import org.jspecify.annotations.NullMarked;
