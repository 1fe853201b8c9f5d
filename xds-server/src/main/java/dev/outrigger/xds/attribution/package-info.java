// SPDX-License-Identifier: Apache-2.0
/**
 * From a refused resource to the fields of the documents that it came from: by what changed, and by
 * what the proxy said.
 */
@NullMarked
package dev.outrigger.xds.attribution;

import org.jspecify.annotations.NullMarked;
