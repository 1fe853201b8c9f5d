// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import java.nio.file.Path;

/**
 * Where one instance lives.
 *
 * @param folder its own, writable
 * @param port loopback port it has to listen on
 * @param adminPort loopback port for an admin interface, where it has one
 * @param upstreamPort loopback port of the upstream
 * @param line what it speaks
 * @param surroundings what its configuration holds beside
 * @param certificates for lines with TLS; the files are there only then
 */
public record Site(
        Path folder,
        int port,
        int adminPort,
        int upstreamPort,
        Line line,
        Surroundings surroundings,
        Certificates certificates) {}
