// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import dev.outrigger.cli.demo.DemoPorts.SidecarPorts;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One of the two proxies beside service A.
 *
 * @param flavor {@code envoy} or {@code java}: names it in URLs, headers and documents
 * @param title for people
 * @param obituary why it will never be ready; empty while it runs
 */
public record Sidecar(
        String flavor,
        String title,
        SidecarPorts ports,
        AdminClient admin,
        Supplier<Optional<String>> obituary) {}
