// SPDX-License-Identifier: Apache-2.0
/**
 * The proxies: who they are, which documents select them, and what each made of what it was sent.
 */
@NullMarked
package dev.outrigger.xds.node;

import org.jspecify.annotations.NullMarked;
