// SPDX-License-Identifier: Apache-2.0
/** Immutable configuration records with defaults resolved. No protobuf, no Netty, no behaviour. */
@NullMarked
package dev.outrigger.dataplane.config;

import org.jspecify.annotations.NullMarked;
