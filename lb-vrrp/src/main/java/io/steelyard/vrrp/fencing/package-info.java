/** Makes sure that a former active router has its addresses no more. {@link io.steelyard.vrrp.fencing.FencingProvider} is where others come in. */
package io.steelyard.vrrp.fencing;
