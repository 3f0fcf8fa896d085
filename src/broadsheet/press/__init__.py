"""The press: public pages held ready as bytes, and what makes them untrue. It knows keys, not stories."""
