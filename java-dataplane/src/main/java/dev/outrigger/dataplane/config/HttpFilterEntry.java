// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * One entry of {@code http_filters}, in the order sent.
 *
 * @param name what {@code typed_per_filter_config} refers to
 * @param disabled whether only routes that say so use it
 */
public record HttpFilterEntry(String name, boolean disabled, HttpFilterConfig config) {}
