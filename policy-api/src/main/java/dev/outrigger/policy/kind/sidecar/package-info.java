// SPDX-License-Identifier: Apache-2.0
/** Sidecar: which proxies are meant, what they listen on and which hosts they receive. */
@NullMarked
package dev.outrigger.policy.kind.sidecar;

import org.jspecify.annotations.NullMarked;
