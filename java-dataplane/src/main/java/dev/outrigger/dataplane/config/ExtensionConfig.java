// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/** {@code envoy.config.core.v3.TypedExtensionConfig} with the configuration of an HTTP filter. */
public record ExtensionConfig(String typeUrl, HttpFilterConfig config) {}
