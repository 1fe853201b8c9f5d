// SPDX-License-Identifier: Apache-2.0
/** Credentials in requests: {@code envoy.filters.http.credential_injector}. */
@NullMarked
package dev.outrigger.dataplane.filter.credentialinjector;

import org.jspecify.annotations.NullMarked;
