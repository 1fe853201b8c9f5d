// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/** A filter's configuration for some routes; each filter's room has its own. */
public interface RouteFilterConfig {}
