// SPDX-License-Identifier: Apache-2.0
/** One downstream request with all its attempts, and the replies for its failures. */
@NullMarked
package dev.outrigger.dataplane.exchange;

import org.jspecify.annotations.NullMarked;
