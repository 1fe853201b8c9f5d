// SPDX-License-Identifier: Apache-2.0
/** Credentials that proxies add to requests, from files of their own machines. */
@NullMarked
package dev.outrigger.policy.kind.credential;

import org.jspecify.annotations.NullMarked;
