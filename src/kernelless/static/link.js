// A link to a figure's settings, which never says what is no longer so.

import { excuse, part } from "./page.js";

/**
 * @param {HTMLElement} root
 * @param {() => string} query the present settings
 */
export function startLink(root, query) {
  const box = /** @type {HTMLInputElement} */ (part(root, ".ex-link")), button = part(root, "[data-action=link]");
  const words = button.textContent;
  /** The page that others can reach: one opened from disk may say where it is published. */
  const home = () => {
    const published = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=canonical]"));
    return (location.protocol === "file:" && published?.href) || location.href.split("#")[0];
  };
  const address = () => `${home()}#${root.id}?${query()}`;
  const asked = () => {
    const [id, ...rest] = location.hash.slice(1).split("?");
    return id === root.id ? rest.join("?") : "";
  };
  let stale = false;
  /** Write the settings into this page's address. */
  const write = () => {
    stale = false;
    history.replaceState(null, "", `#${root.id}?${query()}`);
  };
  return {
    query,
    address,
    /** The settings that the address asks of this explorer; "" if none. */
    asked,
    give: () => import("./download.js").then(({ giveLink }) => {
      giveLink(box, button, address());
      write();
    }).catch(excuse(root)),
    /** The settings have changed. */
    refresh() {
      if (button.textContent !== words) button.textContent = words;
      if (!box.hidden) box.value = address();
      // At once, for a reload before the hand has come to rest must not bring the old settings back.
      if (asked()) {
        stale = true;
        history.replaceState(null, "", `#${root.id}`);
      }
    },
    /** Bring the address up to date, if it spoke of this explorer's settings and still names it. */
    readdress() {
      if (stale && location.hash === `#${root.id}`) write();
    },
  };
}
