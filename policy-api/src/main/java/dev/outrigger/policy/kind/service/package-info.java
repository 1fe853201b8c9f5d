// SPDX-License-Identifier: Apache-2.0
/** Service: a destination with its host names, ports and endpoints. */
@NullMarked
package dev.outrigger.policy.kind.service;

import org.jspecify.annotations.NullMarked;
