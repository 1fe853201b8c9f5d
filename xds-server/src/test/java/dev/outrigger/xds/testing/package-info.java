// SPDX-License-Identifier: Apache-2.0
/** What several tests of this module need: policy sets, a real Envoy, upstreams. */
@NullMarked
package dev.outrigger.xds.testing;

import org.jspecify.annotations.NullMarked;
