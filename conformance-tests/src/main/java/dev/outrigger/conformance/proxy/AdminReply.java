// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

/** What the admin port answered. */
public record AdminReply(int status, String contentType, String body) {}
