// SPDX-License-Identifier: Apache-2.0
/** Guardrails: what no policy of the mesh may ask for. */
@NullMarked
package dev.outrigger.policy.kind.guardrails;

import org.jspecify.annotations.NullMarked;
