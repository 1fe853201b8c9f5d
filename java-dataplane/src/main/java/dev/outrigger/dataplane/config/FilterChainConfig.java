// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * One filter chain. TLS, chain matches and network filters other than the HTTP connection manager
 * get their place here.
 */
public record FilterChainConfig(String name, HttpConnectionManagerConfig httpConnectionManager) {}
