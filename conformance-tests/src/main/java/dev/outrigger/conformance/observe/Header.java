// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

/** One header line as it was on the wire, the name in its own case. */
public record Header(String name, String value) {}
