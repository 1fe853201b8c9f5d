// SPDX-License-Identifier: Apache-2.0
/** Credentials: a filter between a route and a cluster, and the secret it asks for. */
@NullMarked
package dev.outrigger.xds.kind.credential;

import org.jspecify.annotations.NullMarked;
