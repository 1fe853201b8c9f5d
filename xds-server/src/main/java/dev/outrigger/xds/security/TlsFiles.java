// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import java.nio.file.Path;

/**
 * Where a server's credentials are, all in PEM. Immutable.
 *
 * @param certificate its chain, the server's own certificate first
 * @param key the private key of that certificate, PKCS #8 and not encrypted
 * @param authorities whose certificates clients may have
 */
public record TlsFiles(Path certificate, Path key, Path authorities) {}
