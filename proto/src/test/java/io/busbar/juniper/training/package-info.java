/** Tests of the training stream's form and messages. */
package io.busbar.juniper.training;
