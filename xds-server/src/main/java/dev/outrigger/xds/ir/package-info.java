// SPDX-License-Identifier: Apache-2.0
/**
 * The intermediate representation: what one Sidecar document asks for once precedence is settled.
 * Records only, no protobuf, no xDS names.
 */
@NullMarked
package dev.outrigger.xds.ir;

import org.jspecify.annotations.NullMarked;
