// SPDX-License-Identifier: Apache-2.0
/** Load balancer: which host of a service a request goes to. */
@NullMarked
package dev.outrigger.policy.kind.loadbalancer;

import org.jspecify.annotations.NullMarked;
