// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * One more thing a header of the PROXY protocol, version 2, says.
 *
 * @param type of one byte
 * @param value Latin-1: a character is a byte
 */
public record ProxyTlv(int type, String value) {}
