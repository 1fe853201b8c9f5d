// SPDX-License-Identifier: Apache-2.0
/**
 * From a policy set to the intermediate representation: which services a sidecar sees and which
 * policy wins.
 */
@NullMarked
package dev.outrigger.xds.resolve;

import org.jspecify.annotations.NullMarked;
