// SPDX-License-Identifier: Apache-2.0
/** XdsResources: proto3 JSON to messages, with a pointer to what is wrong. */
@NullMarked
package dev.outrigger.xds.kind.xdsresources;

import org.jspecify.annotations.NullMarked;
