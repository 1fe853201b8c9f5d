// SPDX-License-Identifier: Apache-2.0
/** Retry constraint: the retry budget or the most retries of a cluster. */
@NullMarked
package dev.outrigger.xds.kind.retryconstraint;

import org.jspecify.annotations.NullMarked;
