// SPDX-License-Identifier: Apache-2.0
/** The control plane's assembly and nothing else: the one place every constructor is called. */
@NullMarked
package dev.outrigger.xds;

import org.jspecify.annotations.NullMarked;
