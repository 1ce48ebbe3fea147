export type Theme = 'light' | 'dark' | 'system';

/** The chosen theme: an attribute of the document, a cookie for the next request. "system" follows the machine. */
class ThemeChoice {
  #chosen = $state<Theme>();

  current(initial: Theme): Theme {
    return this.#chosen ?? initial;
  }

  choose(theme: Theme) {
    this.#chosen = theme;
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; SameSite=Lax`;
  }
}

export const theme = new ThemeChoice();
