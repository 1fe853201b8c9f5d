// SPDX-License-Identifier: Apache-2.0
/** Load balancer: the load balancing policy of a cluster. */
@NullMarked
package dev.outrigger.xds.kind.loadbalancer;

import org.jspecify.annotations.NullMarked;
