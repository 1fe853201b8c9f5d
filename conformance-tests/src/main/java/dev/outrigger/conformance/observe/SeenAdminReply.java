// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

/** What the admin port answered to a step of the exchange. */
public record SeenAdminReply(int status, String body) {}
