// SPDX-License-Identifier: Apache-2.0
/** HTTPRoute: which requests for a service go to which backends. */
@NullMarked
package dev.outrigger.policy.kind.httproute;

import org.jspecify.annotations.NullMarked;
