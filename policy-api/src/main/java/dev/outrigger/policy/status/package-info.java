// SPDX-License-Identifier: Apache-2.0
/** What proxies made of the published policies, as the control plane's xDS side reports it. */
@NullMarked
package dev.outrigger.policy.status;

import org.jspecify.annotations.NullMarked;
