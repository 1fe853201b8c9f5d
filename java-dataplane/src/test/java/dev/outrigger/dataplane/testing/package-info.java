// SPDX-License-Identifier: Apache-2.0

/** What the tests of several rooms share. */
@NullMarked
package dev.outrigger.dataplane.testing;

import org.jspecify.annotations.NullMarked;
